import type { ReactNode } from "react";
import { t } from "../strings";
import { ButtonLink } from "./button";
import { Page } from "./page";

export function NotFoundPage(): ReactNode {
  return (
    <Page title={t("app.not-found")} narrow>
      <p>{t("app.not-found.text")}</p>
      <p>
        <ButtonLink to="/">{t("app.home")}</ButtonLink>
      </p>
    </Page>
  );
}
