import { recipeNames, type RecipeName } from '@outsider/domain';
import { recipeWords } from '../views/recipe-words.ts';

interface RecipeChoiceProps {
  name: RecipeName;
  onChange: (name: RecipeName) => void;
  /** Of the run that is retrained. */
  earlier: RecipeName;
  number: number;
}

/** The recipes side by side in words: what each does and how long it takes. */
export function RecipeChoice({ name, onChange, earlier, number }: RecipeChoiceProps) {
  return (
    <fieldset>
      <legend className="mb-2 text-sm font-medium">Recipe</legend>
      <div className="flex flex-col gap-2">
        {recipeNames.map((one) => (
          <label
            key={one}
            className="flex cursor-pointer items-start gap-3 rounded-lg border border-line px-3 py-2.5 text-sm hover:border-line-strong has-checked:border-accent has-checked:bg-accent-wash has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent"
          >
            <input
              type="radio"
              name="recipe"
              value={one}
              checked={one === name}
              onChange={() => onChange(one)}
              aria-label={recipeWords[one].name}
              aria-describedby={`recipe-${one}`}
              className="mt-0.5 size-4 shrink-0 accent-accent outline-none"
            />
            <span id={`recipe-${one}`} className="min-w-0">
              <span className="flex flex-wrap items-baseline gap-x-2">
                <span className="font-medium">{recipeWords[one].name}</span>
                {one === earlier ? <span className="text-xs text-soft">as run {number}</span> : null}
              </span>
              <span className="block text-xs text-soft">
                {recipeWords[one].does} {recipeWords[one].takes}
              </span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
