'use client';

import { useEffect, useRef } from 'react';
import { fromBase64, type HeatMap } from '../views/heat-map.ts';
import { onThemeChange, resolveColour } from './resolve-colour.ts';

/** One pixel a neuron: quiet ones in the colour of the page, active ones from dim to bright. */
export function HeatMapCanvas({ map, label }: { map: HeatMap; label: string }) {
  const ref = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const canvas = ref.current;
    if (!canvas) return;
    const draw = () => paint(canvas, map);
    draw();
    return onThemeChange(draw);
  }, [map]);
  return (
    <canvas
      ref={ref}
      width={map.columns}
      height={map.rows}
      role="img"
      aria-label={label}
      className="w-full rounded-md bg-(--heat-off) [image-rendering:pixelated]"
      style={{ aspectRatio: `${map.columns} / ${map.rows}` }}
    />
  );
}

function paint(canvas: HTMLCanvasElement, map: HeatMap): void {
  const context = canvas.getContext('2d');
  if (!context) return;
  const palette = paletteFor(canvas);
  const pixels = fromBase64(map.pixels);
  const image = context.createImageData(map.columns, map.rows);
  pixels.forEach((shade, i) => image.data.set(palette[shade]!, i * 4));
  context.putImageData(image, 0, 0);
}

/** 256 opaque colours: 0 is off; 1…255 run through four stops of the theme. */
function paletteFor(canvas: HTMLCanvasElement): number[][] {
  const host = canvas.parentElement ?? document.body;
  const stops = ['var(--heat-1)', 'var(--heat-2)', 'var(--heat-3)', 'var(--heat-4)'].map((css) =>
    channelsOf(resolveColour(host, css)),
  );
  const off = channelsOf(resolveColour(host, 'var(--heat-off)'));
  return Array.from({ length: 256 }, (_, shade) => {
    if (shade === 0) return [...off, 255];
    const position = ((shade - 1) / 254) * (stops.length - 1);
    const below = Math.min(stops.length - 2, Math.floor(position));
    const [a, b] = [stops[below]!, stops[below + 1]!];
    return [...a.map((channel, i) => Math.round(channel + (b[i]! - channel) * (position - below))), 255];
  });
}

function channelsOf(colour: string): number[] {
  return (colour.match(/[\d.]+/g) ?? ['0', '0', '0']).slice(0, 3).map(Number);
}
