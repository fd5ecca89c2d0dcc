import { useState } from 'react';
import { ChevronRight } from 'lucide-react';
import {
  recipeChoices,
  recipeDefaults,
  recipeRanges,
  recipeUses,
  type Recipe,
  type RecipeDefaults,
  type RecipeName,
} from '@outsider/domain';
import type { RecipeView } from '../data/read-recipe.ts';
import { choiceWords, settingNames } from '../views/recipe-words.ts';
import { SelectField, TextField } from './field.tsx';

interface RecipeFieldsProps {
  name: RecipeName;
  /** What the run that is retrained was given. */
  earlier: RecipeView;
  /** The setting that was refused. */
  refused?: string | undefined;
  onEpochs: (epochs: number) => void;
}

type Values = RecipeDefaults & Pick<Recipe, 'seed' | 'firstTrainedLayer'>;

const hints: { readonly [S in keyof Recipe]?: string } = {
  dropout: '0 to 0.9',
  seed: 'equal seeds, equal runs',
  headEpochs: 'of the new layers alone',
  patience: 'epochs; 0: never stops early',
  samplesPerEpoch: '0: all',
  validationSamples: '0: all that are held out',
  warmUp: 'share of all steps',
  decay: 'a step',
};

/** The settings of one recipe, as the earlier run had them or as the recipe has them. */
export function RecipeFields({ name, earlier, refused, onEpochs }: RecipeFieldsProps) {
  const values = valuesOf(name, earlier);
  const [optimizer, setOptimizer] = useState(values.optimizer);
  const [schedule, setSchedule] = useState(values.schedule);
  const uses = (setting: keyof Recipe) => recipeUses({ name, optimizer, schedule }, setting);
  const field = { values, refused };
  return (
    <>
      <fieldset className="grid grid-cols-2 gap-4 sm:grid-cols-3">
        <legend className="sr-only">Training</legend>
        <NumberField {...field} setting="epochs" onInput={(text) => onEpochs(Number(text))} />
        <NumberField {...field} setting="learningRate" />
        <NumberField {...field} setting="batchSize" />
        <NumberField {...field} setting="dropout" />
        <NumberField {...field} setting="seed" />
        {uses('augmentation') ? <ChoiceField {...field} setting="augmentation" /> : null}
      </fieldset>
      <details className="group" open={refused !== undefined && !inView.has(refused) ? true : undefined}>
        <summary className="flex w-fit list-none items-center gap-1 rounded text-sm font-medium hover:text-accent [&::-webkit-details-marker]:hidden">
          <ChevronRight className="size-4 transition-transform group-open:rotate-90" aria-hidden="true" />
          More settings
        </summary>
        <p className="mt-1 text-xs text-soft">An empty field means the recipe’s own value.</p>
        <div className="mt-3 grid grid-cols-2 gap-4 rounded-lg bg-sunken/60 p-3 sm:grid-cols-3 sm:p-4">
          {uses('headEpochs') ? <NumberField {...field} setting="headEpochs" /> : null}
          {uses('firstTrainedLayer') ? (
            <TextField
              label={settingNames.firstTrainedLayer}
              name="firstTrainedLayer"
              defaultValue={values.firstTrainedLayer}
              placeholder="the recipe’s own"
              hint="trained with all that follow"
              aria-invalid={refused === 'firstTrainedLayer' || undefined}
              spellCheck={false}
              className="sm:col-span-2"
            />
          ) : null}
          <ChoiceField
            {...field}
            setting="optimizer"
            onSelect={(value) => setOptimizer(value as Recipe['optimizer'])}
          />
          {uses('momentum') ? <NumberField {...field} setting="momentum" /> : null}
          <NumberField {...field} setting="weightDecay" />
          <ChoiceField {...field} setting="schedule" onSelect={(value) => setSchedule(value as Recipe['schedule'])} />
          {uses('warmUp') ? <NumberField {...field} setting="warmUp" /> : null}
          {uses('decay') ? <NumberField {...field} setting="decay" /> : null}
          <ChoiceField {...field} setting="output" />
          <ChoiceField {...field} setting="classWeights" />
          <NumberField {...field} setting="labelSmoothing" />
          <NumberField {...field} setting="samplesPerEpoch" />
          <NumberField {...field} setting="validationSamples" />
          <NumberField {...field} setting="patience" />
        </div>
      </details>
    </>
  );
}

const inView: ReadonlySet<string> = new Set([
  'epochs',
  'learningRate',
  'batchSize',
  'dropout',
  'seed',
  'augmentation',
] satisfies (keyof Recipe)[]);

/** What the form begins with. An older run that did not store a setting has the recipe's. */
function valuesOf(name: RecipeName, earlier: RecipeView): Values {
  const own = { ...recipeDefaults[name], firstTrainedLayer: '', seed: earlier.seed };
  if (name !== earlier.name) return own;
  const known = Object.entries(earlier).filter(([, value]) => value !== undefined);
  return { ...own, ...Object.fromEntries(known) };
}

interface SettingProps<S extends keyof Values> {
  setting: S;
  values: Values;
  refused: string | undefined;
}

function NumberField({
  setting,
  values,
  refused,
  onInput,
}: SettingProps<keyof Values & keyof typeof recipeRanges> & { onInput?: (text: string) => void }) {
  return (
    <TextField
      label={settingNames[setting]}
      name={setting}
      inputMode={recipeRanges[setting].whole ? 'numeric' : 'decimal'}
      autoComplete="off"
      defaultValue={values[setting]}
      hint={hints[setting]}
      aria-invalid={refused === setting || undefined}
      onChange={(event) => onInput?.(event.target.value)}
    />
  );
}

function ChoiceField({
  setting,
  values,
  refused,
  onSelect,
}: SettingProps<keyof typeof recipeChoices> & { onSelect?: (value: string) => void }) {
  const words: Readonly<Record<string, string>> = choiceWords[setting];
  return (
    <SelectField
      label={settingNames[setting]}
      name={setting}
      defaultValue={values[setting]}
      aria-invalid={refused === setting || undefined}
      onChange={(event) => onSelect?.(event.target.value)}
    >
      {recipeChoices[setting].map((value) => (
        <option key={value} value={value}>
          {words[value]}
        </option>
      ))}
    </SelectField>
  );
}
