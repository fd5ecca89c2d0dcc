/** What a CSS colour with variables comes to at `host`, for drawing on a canvas. */
export function resolveColour(host: HTMLElement, css: string): string {
  const probe = document.createElement('span');
  probe.style.color = css;
  probe.hidden = true;
  host.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}

/** Calls back when the person or the system changes the theme; the answer stops that. */
export function onThemeChange(callback: () => void): () => void {
  const system = matchMedia('(prefers-color-scheme: dark)');
  system.addEventListener('change', callback);
  addEventListener('outsider:theme', callback);
  return () => {
    system.removeEventListener('change', callback);
    removeEventListener('outsider:theme', callback);
  };
}
