import type { ComponentProps, ReactNode } from "react";
import { t } from "../strings";
import { Field } from "../ui/field";

type Props = Pick<ComponentProps<typeof Field>, "fault" | "defaultValue">;

/** Who somebody is here: password managers know it by `username`. */
export function EmailField(props: Props): ReactNode {
  return (
    <Field
      {...props}
      label={t("login.email")}
      name="email"
      type="email"
      autoComplete="username"
      autoCapitalize="none"
      spellCheck={false}
      required
    />
  );
}
