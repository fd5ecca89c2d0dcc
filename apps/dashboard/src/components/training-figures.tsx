import type { TrainingFigures as Figures } from '../data/run-figures.ts';
import { formatBytes, formatSeconds, formatSetting } from '../views/format.ts';
import { SettingsList } from './settings-list.tsx';

/** How the training went, as far as the run says so. */
export function TrainingFigures({ figures }: { figures: Figures }) {
  const { bestEpoch, epochsRun, seconds, imagesPerSecond, peakMiB, weightSource, resumedFrom, stoppedEarly } = figures;
  const known: (readonly [string, string] | null)[] = [
    epochsRun === null ? null : ['Epochs run', stoppedEarly ? `${epochsRun}, stopped early` : String(epochsRun)],
    bestEpoch === null
      ? null
      : ['Epoch kept', bestEpoch === 0 ? 'none: the new layers alone did better' : String(bestEpoch)],
    seconds === null ? null : ['Time in training', formatSeconds(seconds)],
    imagesPerSecond === null ? null : ['Images a second', formatSetting(Number(imagesPerSecond.toPrecision(3)))],
    peakMiB === null ? null : ['Most memory used', formatBytes(peakMiB * 2 ** 20)],
    weightSource === null ? null : ['Pretrained weights from', weightSource],
    resumedFrom === null ? null : ['Resumed', `after epoch ${resumedFrom}`],
  ];
  return <SettingsList settings={known.filter((one) => one !== null)} />;
}
