import type { ReactNode } from "react";
import { Link } from "wouter";
import { logIn, useSession } from "../session/session";
import { t } from "../strings";
import { Check } from "../ui/field";
import { Notice } from "../ui/notice";
import { Page } from "../ui/page";
import { EmailField } from "./email";
import { AccountForm, textOf } from "./form";
import css from "./form.module.css";
import { PasswordField } from "./password";

/** What is held in a hand is hardly shared; a computer in a staff room is. */
function ownDevice(): boolean {
  return globalThis.matchMedia("(pointer: coarse)").matches;
}

export function LoginPage(): ReactNode {
  const session = useSession();
  return (
    <Page title={t("login.title")} narrow>
      <p className={css.lead}>{t("login.lead")}</p>
      {session.status === "out" && session.ended && <Notice kind="warn">{t("login.ended")}</Notice>}
      <AccountForm
        submit={t("login.submit")}
        busy={t("login.busy")}
        onSubmit={async (values) => {
          await logIn(textOf(values, "email"), textOf(values, "password"), values.has("keep"));
        }}
      >
        {(faults) => (
          <>
            <EmailField fault={faults.email} />
            <PasswordField
              label={t("login.password")}
              name="password"
              autoComplete="current-password"
              required
              fault={faults.password}
            />
            <Check label={t("login.keep")} hint={t("login.keep.hint")} name="keep" defaultChecked={ownDevice()} />
          </>
        )}
      </AccountForm>
      <p className={css.other}>
        {t("login.new")} <Link href="/register">{t("login.register")}</Link>
      </p>
    </Page>
  );
}
