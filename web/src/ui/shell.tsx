/** What is around every page: the way past the menu, the menu, and where one is. */
import { type ReactNode, useState } from "react";
import { Link, useRoute } from "wouter";
import { session, useSession } from "../session/session";
import { t } from "../strings";
import { Button } from "./button";
import { Mark } from "./icons";
import css from "./shell.module.css";
import { chooseTheme, chosenTheme, THEMES, type Theme } from "./theme";

export function Shell({ children }: { children: ReactNode }): ReactNode {
  const state = useSession();
  return (
    <>
      <a className={css.skip} href="#content" data-print="no">
        {t("app.skip")}
      </a>
      <header className={css.header} data-print="no">
        <div className={css.bar}>
          <Link href="/" className={css.mark}>
            <Mark />
            {t("app.name")}
          </Link>
          <nav aria-label={t("app.menu")} className={css.nav}>
            {state.status === "in" && state.user.reviewer && (
              <>
                <NavLink to="/">{t("nav.documents")}</NavLink>
                <NavLink to="/reviews">{t("nav.reviews")}</NavLink>
              </>
            )}
            {state.status === "in" && (
              <Button look="quiet" onClick={() => void session.leave()}>
                {t("nav.logout")}
              </Button>
            )}
          </nav>
        </div>
      </header>
      <main id="content" tabIndex={-1} className={css.main}>
        {children}
      </main>
      <footer className={css.footer} data-print="no">
        <ThemeSwitch />
      </footer>
    </>
  );
}

function NavLink({ to, children }: { to: string; children: ReactNode }): ReactNode {
  const [here] = useRoute(to);
  return (
    <Link href={to} aria-current={here ? "page" : undefined}>
      {children}
    </Link>
  );
}

function ThemeSwitch(): ReactNode {
  const [theme, setTheme] = useState(chosenTheme);
  return (
    <label className={css.theme}>
      {t("theme.label")}
      <select
        value={theme}
        onChange={(event) => {
          const wanted = event.target.value as Theme;
          chooseTheme(wanted);
          setTheme(wanted);
        }}
      >
        {THEMES.map((each) => (
          <option key={each} value={each}>
            {t(`theme.${each}`)}
          </option>
        ))}
      </select>
    </label>
  );
}
