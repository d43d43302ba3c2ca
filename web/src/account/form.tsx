/** A form of an account page: what is wrong stands above it, and is said. */
import { type ReactNode, type SubmitEvent, useState } from "react";
import { explain, ProblemError } from "../api/problem";
import { Button } from "../ui/button";
import { Notice } from "../ui/notice";
import css from "./form.module.css";

interface Props {
  submit: string;
  busy: string;
  /** Throws what `explain` explains. */
  onSubmit: (values: FormData) => Promise<void>;
  /** Of each field by its name, as the API names it. */
  children: (faults: Readonly<Record<string, string>>) => ReactNode;
}

export function AccountForm({ submit, busy, onSubmit, children }: Props): ReactNode {
  const [working, setWorking] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const faults = faultsOf(error);

  async function send(event: SubmitEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    if (working) return;
    setWorking(true);
    setError(null);
    try {
      await onSubmit(new FormData(event.currentTarget));
    } catch (problem) {
      setError(problem);
    } finally {
      setWorking(false);
    }
  }

  return (
    <form className={css.form} onSubmit={(event) => void send(event)}>
      {error !== null && (
        <Notice kind="bad" alert>
          <p>{explain(error)}</p>
        </Notice>
      )}
      {children(faults)}
      <Button type="submit" look="main" busy={working}>
        {working ? busy : submit}
      </Button>
    </form>
  );
}

export function faultsOf(error: unknown): Record<string, string> {
  if (!(error instanceof ProblemError)) return {};
  return Object.fromEntries(
    error.refusal.errors.map(({ field, message }) => [field, `${message.charAt(0).toUpperCase()}${message.slice(1)}.`]),
  );
}

export function textOf(values: FormData, name: string): string {
  const value = values.get(name);
  return typeof value === "string" ? value : "";
}
