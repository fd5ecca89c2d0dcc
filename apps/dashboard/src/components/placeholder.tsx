/** Keeps the room of something that is still being read. */
export function Placeholder({ height, label }: { height: number; label: string }) {
  return <div role="status" aria-label={`${label} is loading`} className="skeleton" style={{ height }} />;
}
