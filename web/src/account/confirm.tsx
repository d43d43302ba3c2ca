import { type ReactNode, useState } from "react";
import { Link, useLocation } from "wouter";
import { useHistoryState } from "wouter/use-browser-location";
import { confirm } from "../session/session";
import { t } from "../strings";
import { Field } from "../ui/field";
import { Notice } from "../ui/notice";
import { Page } from "../ui/page";
import { EmailField } from "./email";
import { AccountForm, textOf } from "./form";
import css from "./form.module.css";

/** Where the stack wants addresses confirmed: the code from the e-mail. */
export function ConfirmPage(): ReactNode {
  const known = useHistoryState<{ email?: string } | null>()?.email;
  const [, go] = useLocation();
  const [email] = useState(known ?? "");
  return (
    <Page title={t("confirm.title")} narrow>
      {known && <Notice kind="info">{t("confirm.text", { email: known })}</Notice>}
      <AccountForm
        submit={t("confirm.submit")}
        busy={t("confirm.busy")}
        onSubmit={async (values) => {
          await confirm(textOf(values, "email"), textOf(values, "code"));
          go("/", { replace: true });
        }}
      >
        {(faults) => (
          <>
            <EmailField defaultValue={email} fault={faults.email} />
            <Field
              label={t("confirm.code")}
              name="code"
              inputMode="numeric"
              autoComplete="one-time-code"
              required
              fault={faults.code}
            />
          </>
        )}
      </AccountForm>
      <p className={css.other}>
        {t("register.have")} <Link href="/">{t("login.submit")}</Link>
      </p>
    </Page>
  );
}
