'use client';

import { useEffect, useId, useState } from 'react';
import {
  calibrateThreshold,
  previewThreshold,
  type PolicyChoice,
  type ThresholdEffect,
} from '../actions/thresholds.ts';
import type { Outcome } from '../actions/outcome.ts';
import { Ridge } from '../charts/ridge.tsx';
import type { ThresholdView } from '../data/detectors.ts';
import { formatPercent, formatScore } from '../views/format.ts';
import type { Bins } from '../views/histogram.ts';
import { guaranteeSentence } from '../views/policy-words.ts';
import { positionOn } from '../views/verdict.ts';
import { Card } from './card.tsx';
import { SelectField } from './field.tsx';
import { Notice } from './notice.tsx';
import { ReasonDialog } from './reason-dialog.tsx';

interface Distribution {
  readonly photos: number;
  readonly histogram: readonly number[];
}

interface ThresholdEditorProps {
  detectorId: string;
  bins: Bins;
  relevant: Distribution;
  irrelevant: Distribution;
  /** In force; null when none is. */
  threshold: ThresholdView | null;
  operator: boolean;
}

/** While the slider moves, previews wait for it to rest. */
const restMs = 200;

/** Two histograms, a policy and its slider; saving asks for a reason. */
export function ThresholdEditor({ detectorId, bins, relevant, irrelevant, threshold, operator }: ThresholdEditorProps) {
  const [choice, setChoice] = useState<PolicyChoice>(() => initialChoice(threshold, bins));
  const [preview, setPreview] = useState<Outcome<ThresholdEffect> | null>(null);
  const [touched, setTouched] = useState(false);

  useEffect(() => {
    let current = true;
    const timer = setTimeout(() => {
      void previewThreshold(detectorId, choice)
        .catch((): Outcome<ThresholdEffect> => ({
          ok: false,
          sentence: 'The dashboard could not be reached; try again.',
        }))
        .then((outcome) => current && setPreview(outcome));
    }, restMs);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [detectorId, choice]);

  function change(next: PolicyChoice) {
    setTouched(true);
    setChoice(next);
  }

  const value =
    choice.kind === 'manual' ? choice.value : preview?.ok ? preview.value.value : (threshold?.value ?? null);
  const cut = value === null ? {} : { cut: positionOn(bins, value) };
  return (
    <Card className="p-4 sm:p-5">
      <div className="relative">
        <Ridge
          shares={relevant.histogram}
          tone="relevant"
          height={72}
          {...cut}
          label="Scores of held-out relevant photos"
        />
        {irrelevant.photos > 0 ? (
          <div className="-scale-y-100">
            <Ridge
              shares={irrelevant.histogram}
              tone="novel"
              height={72}
              {...cut}
              label="Scores of irrelevant photos"
            />
          </div>
        ) : null}
      </div>
      <div className="figures mt-1 flex justify-between text-[0.6875rem] text-faint">
        <span>{formatScore(bins.low)}</span>
        <span>
          <span className="text-relevant">relevant above</span>, <span className="text-novel">irrelevant below</span>
        </span>
        <span>{formatScore(bins.high)}</span>
      </div>
      <div className="mt-5 grid gap-5 md:grid-cols-[14rem_minmax(0,1fr)]">
        <SelectField
          label="Fixed by"
          value={choice.kind}
          onChange={({ target }) => change(choiceOf(target.value, value ?? bins.low, choice.abstainShare))}
        >
          <option value="certificate">a certificate</option>
          <option value="quantile">a quantile</option>
          <option value="detection-rate">a detection rate</option>
          <option value="manual">hand</option>
        </SelectField>
        <div className="grid content-start gap-4">
          <PolicySlider choice={choice} bins={bins} onChange={change} />
          <Slider
            label="Left to a person: the photos nearest to the threshold"
            shown={formatPercent(choice.abstainShare)}
            low={0}
            high={0.5}
            step={0.01}
            value={choice.abstainShare}
            onChange={(abstainShare) => change({ ...choice, abstainShare })}
          />
        </div>
      </div>
      <dl className="mt-5 grid min-h-14 grid-cols-2 gap-4 sm:grid-cols-4">
        <Effect label="Threshold" value={formatScore(value)} />
        <Effect label="False alarms" rate={preview?.ok ? preview.value.falseAlarm : null} />
        <Effect label="Missed" rate={preview?.ok ? preview.value.miss : null} />
        <Effect label="Left to a person" rate={preview?.ok ? preview.value.abstained : null} />
      </dl>
      <p className="mt-2 text-sm text-soft">
        {guaranteeSentence(choice, threshold?.calibrationPhotos ?? relevant.photos)}
      </p>
      {preview && !preview.ok ? (
        <Notice tone="bad" className="mt-3">
          {preview.sentence}
        </Notice>
      ) : null}
      {operator && touched && preview?.ok ? (
        <div className="mt-4 flex justify-end">
          <ReasonDialog
            button="Put in force"
            look="primary"
            title="Put this threshold in force"
            confirm="Put in force"
            placeholder="Fewer false alarms are wanted on the new cameras"
            action={calibrateThreshold.bind(null, detectorId, choice)}
          >
            Photos that score above {formatScore(value)} will be called novel
            {choice.abstainShare > 0 ? ', but those near to it are left to a person' : ''}. A bundle that is in
            production keeps the threshold it was made with until a new one is promoted.
          </ReasonDialog>
        </div>
      ) : null}
    </Card>
  );
}

function PolicySlider({
  choice,
  bins,
  onChange,
}: {
  choice: PolicyChoice;
  bins: Bins;
  onChange: (choice: PolicyChoice) => void;
}) {
  if (choice.kind === 'manual') {
    return (
      <Slider
        label="Threshold"
        shown={formatScore(choice.value)}
        low={bins.low}
        high={bins.high}
        step={(bins.high - bins.low) / 400}
        value={choice.value}
        onChange={(value) => onChange({ ...choice, value })}
      />
    );
  }
  if (choice.kind === 'detection-rate') {
    return (
      <Slider
        label="Known irrelevant photos detected"
        shown={formatPercent(choice.detectionRate)}
        low={0.5}
        high={0.995}
        step={0.005}
        value={choice.detectionRate}
        onChange={(detectionRate) => onChange({ ...choice, detectionRate })}
      />
    );
  }
  return (
    <Slider
      label="False alarms"
      shown={formatPercent(choice.falseAlarmRate)}
      low={0.01}
      high={0.2}
      step={0.005}
      value={choice.falseAlarmRate}
      onChange={(falseAlarmRate) => onChange({ ...choice, falseAlarmRate })}
    />
  );
}

interface SliderProps {
  label: string;
  shown: string;
  low: number;
  high: number;
  step: number;
  value: number;
  onChange: (value: number) => void;
}

function Slider({ label, shown, low, high, step, value, onChange }: SliderProps) {
  const id = useId();
  return (
    <div className="text-sm">
      <div className="mb-2 flex justify-between font-medium">
        <label htmlFor={id}>{label}</label>
        <output htmlFor={id} className="figures">
          {shown}
        </output>
      </div>
      <input
        id={id}
        type="range"
        min={low}
        max={high}
        step={step}
        value={value}
        onChange={({ target }) => onChange(Number(target.value))}
        className="w-full accent-accent"
      />
    </div>
  );
}

function Effect({
  label,
  value,
  rate,
}: {
  label: string;
  value?: string;
  rate?: { value: number; low: number; high: number } | null;
}) {
  return (
    <div>
      <dt className="eyebrow">{label}</dt>
      <dd className="figures text-xl font-semibold">{value ?? formatPercent(rate?.value)}</dd>
      {rate ? (
        <dd className="figures text-xs text-soft">
          {formatPercent(rate.low)} to {formatPercent(rate.high)}
        </dd>
      ) : null}
    </div>
  );
}

function initialChoice(threshold: ThresholdView | null, bins: Bins): PolicyChoice {
  const { kind = 'certificate', abstainShare = 0, ...rates } = threshold?.policy ?? {};
  return choiceOf(kind, threshold?.value ?? bins.low, abstainShare, rates);
}

/** A choice of that kind, with the rates given and the usual ones for the others. */
function choiceOf(
  kind: string,
  value: number,
  abstainShare: number,
  { falseAlarmRate = 0.05, confidence = 0.95, detectionRate = 0.95 }: Partial<ThresholdView['policy']> = {},
): PolicyChoice {
  switch (kind) {
    case 'certificate':
      return { kind, abstainShare, falseAlarmRate, confidence };
    case 'quantile':
      return { kind, abstainShare, falseAlarmRate };
    case 'detection-rate':
      return { kind, abstainShare, detectionRate };
    default:
      return { kind: 'manual', abstainShare, value };
  }
}
