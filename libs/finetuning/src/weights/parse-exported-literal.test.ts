import { CorruptDataError } from '@outsider/domain';
import { describe, expect, it } from 'vitest';
import { parseExportedLiteral } from './parse-exported-literal.ts';

/** As browserify and a minifier wrap a module. */
const wrap = (literal: string) =>
  `!function(e){"object"==typeof exports?module.exports=e():self.model=e()}(function(){var r={exports:{}};return r}({1:[function(a,n,i){n.exports=${literal}},{}]},{},[1])(1));`;

describe('parseExportedLiteral', () => {
  it('reads what a minifier makes of JSON', () => {
    const literal =
      '{a:[1,-2.5,.99,-.5,1e-5,8e3],"b c":!0,d:!1,e:null,f:void 0,$g:{},h:[],i:[[["x",0,0,{}]]],j:"say \\"é\\\\\\"/"}';
    expect(parseExportedLiteral(wrap(literal), 'model.js')).toEqual({
      a: [1, -2.5, 0.99, -0.5, 1e-5, 8000],
      'b c': true,
      d: false,
      e: null,
      f: undefined,
      $g: {},
      h: [],
      i: [[['x', 0, 0, {}]]],
      j: 'say "é\\"/',
    });
  });

  it('reads a long text', () => {
    const text = 'QUJD'.repeat(500_000);
    expect(parseExportedLiteral(wrap(`"${text}"`), 'shard.js')).toBe(text);
  });

  it.each([
    ['a call', '{a:alert(1)}'],
    ['a name', '[x]'],
    ['a template', '["a",`b`]'],
    ['a sum', '{a:1+1}'],
    ['nothing after a comma', '[1,]'],
    ['an unclosed text', '"abc'],
    ['an unclosed list', '[1,2'],
    ['a text with a raw line break', '"a\nb"'],
  ])('refuses %s and runs nothing', (_, literal) => {
    expect(() => parseExportedLiteral(`n.exports=${literal}`, 'model.js')).toThrow(CorruptDataError);
  });

  it('refuses a script that exports no data', () => {
    expect(() => parseExportedLiteral('module.exports=e()', 'model.js')).toThrow('model.js exports no data');
  });

  it('makes no prototype of a key', () => {
    const parsed = parseExportedLiteral('n.exports={__proto__:{polluted:!0}}', 'model.js') as Record<string, unknown>;
    expect(parsed.polluted).toBeUndefined();
  });
});
