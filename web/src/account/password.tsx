import { type ComponentProps, type ReactNode, useState } from "react";
import { t } from "../strings";
import { Button } from "../ui/button";
import { Field } from "../ui/field";

/** A password that can be looked at: on a phone nobody types twelve characters blind. */
export function PasswordField(props: ComponentProps<typeof Field>): ReactNode {
  const [shown, setShown] = useState(false);
  return (
    <Field
      {...props}
      type={shown ? "text" : "password"}
      autoCapitalize="none"
      spellCheck={false}
      beside={
        <Button aria-pressed={shown} aria-label={t("login.show")} onClick={() => setShown(!shown)}>
          {t(shown ? "login.hide-short" : "login.show-short")}
        </Button>
      }
    />
  );
}
