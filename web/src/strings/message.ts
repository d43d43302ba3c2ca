/** Messages with `{placeholders}`, and their plurals, typed: a text that asks for a value does not come without it. */
export type Plural = { readonly one: string; readonly other: string } & Partial<
  Readonly<Record<"zero" | "two" | "few" | "many", string>>
>;
export type Message = string | Plural;

type Names<Text> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never;
export type NamesOf<M> = M extends string ? Names<M> : M extends { other: infer Text } ? Names<Text> | "count" : never;
export type Values<M> = [NamesOf<M>] extends [never] ? [] : [Record<NamesOf<M>, string | number>];

/** The text of a message in a language: `count` chooses the plural, numbers are written as the language writes them. */
export function write(message: Message, values: Record<string, string | number>, language: string): string {
  const text =
    typeof message === "string"
      ? message
      : (message[new Intl.PluralRules(language).select(Number(values.count))] ?? message.other);
  const numbers = new Intl.NumberFormat(language);
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    if (value === undefined) return whole;
    return typeof value === "number" ? numbers.format(value) : value;
  });
}
