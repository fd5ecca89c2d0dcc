'use client';

import { useEffect, useRef, useState } from 'react';
import type { RecipeName } from '@outsider/domain';
import { RefreshCw } from 'lucide-react';
import Link from 'next/link';
import { retrain } from '../actions/runs.ts';
import type { PlanView } from '../data/json.ts';
import type { RecipeView } from '../data/read-recipe.ts';
import { formatSeconds } from '../views/format.ts';
import type { StageSpan } from '../views/live-run.ts';
import { newRequestId } from '../views/request-id.ts';
import { estimateSeconds } from '../views/run-estimate.ts';
import { recipeWords } from '../views/recipe-words.ts';
import { methodName } from '../views/words.ts';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { CheckField, TextField } from './field.tsx';
import { Notice } from './notice.tsx';
import { RecipeChoice } from './recipe-choice.tsx';
import { RecipeFields } from './recipe-fields.tsx';
import { SubmitButton } from './submit-button.tsx';
import { useSubmit } from './use-submit.ts';

interface RetrainProps {
  runId: string;
  number: number;
  recipe: RecipeView;
  plan: PlanView;
  /** Methods that could be fitted the last time. */
  methods: readonly string[];
  spans: readonly StageSpan[];
}

/** Opens the settings of a new run that starts from this one's. */
export function Retrain(props: RetrainProps) {
  // One id for each time it is opened: a double click or a repeated request queues one run.
  const [requestId, setRequestId] = useState<string | null>(null);
  return (
    <>
      <Button look="primary" onClick={() => setRequestId(newRequestId())}>
        <RefreshCw aria-hidden="true" />
        Retrain
      </Button>
      <Dialog open={requestId !== null} title={`Retrain like run ${props.number}`} onClose={() => setRequestId(null)}>
        <RetrainForm {...props} requestId={requestId ?? ''} onCancel={() => setRequestId(null)} />
      </Dialog>
    </>
  );
}

function RetrainForm({
  runId,
  number,
  recipe,
  plan,
  methods,
  spans,
  requestId,
  onCancel,
}: RetrainProps & { requestId: string; onCancel: () => void }) {
  const { outcome, pending, onSubmit } = useSubmit(retrain.bind(null, runId));
  const [name, setName] = useState<RecipeName>(recipe.name);
  const [epochs, setEpochs] = useState(recipe.epochs);
  const seconds = name === recipe.name ? estimateSeconds(spans, recipe.epochs, epochs) : null;
  const chosen = plan.methods.length > 0 ? plan.methods : methods;
  const refusal = useRef<HTMLDivElement>(null);
  const details = outcome && !outcome.ok ? outcome.details : undefined;
  const other = details?.['runId'];

  useEffect(() => {
    // In some browsers this returns a promise, which React would take for a clean-up.
    void refusal.current?.scrollIntoView({ block: 'nearest' });
  }, [outcome]);

  function choose(chosenName: RecipeName): void {
    setName(chosenName);
    setEpochs(recipe.epochs);
  }

  return (
    <form onSubmit={onSubmit} className="flex flex-col gap-5">
      <input type="hidden" name="requestId" value={requestId} />
      <input type="hidden" name="offeredMethods" value={methods.length} />
      <RecipeChoice name={name} onChange={choose} earlier={recipe.name} number={number} />
      {/* Another recipe begins with its own settings. */}
      <RecipeFields key={name} name={name} earlier={recipe} refused={details?.['setting']} onEpochs={setEpochs} />
      {methods.length > 0 ? (
        <fieldset>
          <legend className="mb-2 text-sm font-medium">Detectors to refit</legend>
          <div className="grid grid-cols-1 gap-x-4 gap-y-1.5 sm:grid-cols-2">
            {methods.map((method) => (
              <CheckField
                key={method}
                label={methodName(method)}
                name="methods"
                value={method}
                defaultChecked={chosen.includes(method)}
              />
            ))}
          </div>
        </fieldset>
      ) : null}
      <TextField
        label="False alarms, %"
        name="falseAlarmRate"
        inputMode="decimal"
        required
        defaultValue={Number((plan.falseAlarmRate * 100).toFixed(3))}
        hint="of relevant photos, at most"
        className="sm:max-w-44"
      />
      <CheckField
        label="Promote to production when it succeeds"
        name="promote"
        defaultChecked={plan.promote}
        hint="Backbone version, chosen detector and threshold change together; rolling back is one click."
      />
      <p className="rounded-lg bg-sunken px-3 py-2 text-sm text-soft">
        {seconds === null ? (
          `How long it takes is not known before a run with this recipe has trained. ${recipeWords[name].takes}`
        ) : (
          <>
            Takes about <strong className="figures font-semibold text-ink">{formatSeconds(seconds)}</strong> on the same
            machine, going by run {number}.
          </>
        )}
      </p>
      {outcome && !outcome.ok ? (
        <div ref={refusal}>
          <Notice tone="bad">
            {outcome.sentence}{' '}
            {other ? (
              <Link href={`/runs/${other}`} className="underline">
                Go to that run
              </Link>
            ) : null}
          </Notice>
        </div>
      ) : null}
      <div className="flex justify-end gap-2">
        <Button look="quiet" onClick={onCancel}>
          Not now
        </Button>
        <SubmitButton busy={pending}>Start the run</SubmitButton>
      </div>
    </form>
  );
}
