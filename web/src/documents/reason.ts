/** A reason as a sentence: the API's are, but for some that begin small and end without a stop. */
export function sentence(reason: string): string {
  const whole = reason.charAt(0).toUpperCase() + reason.slice(1);
  return /[.!?]$/.test(whole) ? whole : `${whole}.`;
}
