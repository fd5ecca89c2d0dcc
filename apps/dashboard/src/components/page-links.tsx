/** Links to the parts of a long page, always in reach. */
export function PageLinks({ links }: { links: readonly { readonly href: string; readonly label: string }[] }) {
  return (
    <nav
      aria-label="On this page"
      className="sticky top-0 z-20 -mx-4 mb-6 overflow-x-auto border-b border-line bg-paper/90 px-4 backdrop-blur sm:-mx-6 sm:px-6 lg:-mx-10 lg:px-10"
    >
      <ul className="flex gap-1 text-sm">
        {links.map(({ href, label }) => (
          <li key={href}>
            <a href={href} className="block rounded-md px-2.5 py-2.5 whitespace-nowrap text-soft hover:text-ink">
              {label}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
