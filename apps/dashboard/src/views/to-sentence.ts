/** Messages of errors start small and end open; on screen they are sentences. */
export function toSentence(message: string): string {
  const text = message.trim();
  const started = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?…]$/.test(started) ? started : `${started}.`;
}
