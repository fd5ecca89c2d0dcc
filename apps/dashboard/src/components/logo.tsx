/** A few that belong together, and one that does not. */
export function Logo({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 32 32" className={className} aria-hidden="true">
      <circle
        cx="13"
        cy="18"
        r="11.5"
        fill="none"
        stroke="var(--relevant)"
        strokeWidth="1.5"
        strokeDasharray="2.5 2.5"
      />
      <circle cx="9.5" cy="15" r="2.4" fill="var(--relevant)" />
      <circle cx="15.5" cy="14" r="2.4" fill="var(--relevant)" />
      <circle cx="11" cy="21" r="2.4" fill="var(--relevant)" />
      <circle cx="17" cy="20.5" r="2.4" fill="var(--relevant)" />
      <circle cx="27" cy="6" r="3.2" fill="var(--novel)" />
    </svg>
  );
}
