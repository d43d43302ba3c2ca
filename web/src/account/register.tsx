import type { ReactNode } from "react";
import { Link, useLocation } from "wouter";
import { logIn, register } from "../session/session";
import { t } from "../strings";
import { Page } from "../ui/page";
import { EmailField } from "./email";
import { AccountForm, textOf } from "./form";
import css from "./form.module.css";
import { PasswordField } from "./password";

export function RegisterPage(): ReactNode {
  const [, go] = useLocation();
  return (
    <Page title={t("register.title")} narrow>
      <p className={css.lead}>{t("login.lead")}</p>
      <AccountForm
        submit={t("register.submit")}
        busy={t("register.busy")}
        onSubmit={async (values) => {
          const [email, password] = [textOf(values, "email"), textOf(values, "password")];
          if (await register(email, password)) {
            await logIn(email, password, false);
            go("/", { replace: true });
          } else {
            go("/confirm", { state: { email } });
          }
        }}
      >
        {(faults) => (
          <>
            <EmailField fault={faults.email} />
            <PasswordField
              label={t("login.password")}
              hint={t("register.password.hint")}
              name="password"
              autoComplete="new-password"
              minLength={12}
              required
              fault={faults.password}
            />
          </>
        )}
      </AccountForm>
      <p className={css.other}>
        {t("register.have")} <Link href="/">{t("login.submit")}</Link>
      </p>
      <p className={css.other}>
        <Link href="/confirm">{t("confirm.have-code")}</Link>
      </p>
    </Page>
  );
}
