import { Component, type ReactNode } from "react";
import { t } from "../strings";
import { Button } from "./button";
import { Notice } from "./notice";

/** What is shown where a page throws while it is drawn; an old page's missing parts after a deployment, too. */
export class Broken extends Component<{ children: ReactNode }, { broken: boolean }> {
  override state = { broken: false };

  static getDerivedStateFromError(): { broken: boolean } {
    return { broken: true };
  }

  override render(): ReactNode {
    if (!this.state.broken) return this.props.children;
    return (
      <main>
        <Notice kind="bad" title={t("app.broken")} alert>
          <p>{t("app.broken.text")}</p>
          <p>
            <Button onClick={() => globalThis.location.reload()}>{t("app.reload")}</Button>
          </p>
        </Notice>
      </main>
    );
  }
}
