/** Which page is shown at which address, and to whom. */
import { QueryClientProvider } from "@tanstack/react-query";
import { lazy, type ReactNode, Suspense } from "react";
import { Redirect, Route, Switch } from "wouter";
import { ConfirmPage } from "./account/confirm";
import { LoginPage } from "./account/login";
import { RegisterPage } from "./account/register";
import { queries } from "./api/queries";
import { DocumentPage } from "./documents/document";
import { DocumentsPage } from "./documents/page";
import { Toasts } from "./documents/toasts";
import { Banners } from "./pwa/banners";
import { useSession } from "./session/session";
import { t } from "./strings";
import { Broken } from "./ui/broken";
import { NotFoundPage } from "./ui/not-found";
import { Loading } from "./ui/loading";
import { Shell } from "./ui/shell";

// What only reviewers need comes when it is asked for.
const ReviewsPage = lazy(() => import("./review/list"));
const ReviewPage = lazy(() => import("./review/review"));

export function App(): ReactNode {
  return (
    <Broken>
      <QueryClientProvider client={queries}>
        <Shell>
          <Banners />
          <Suspense fallback={<Loading label={t("app.loading")} />}>
            <Pages />
          </Suspense>
          <Toasts />
        </Shell>
      </QueryClientProvider>
    </Broken>
  );
}

function Pages(): ReactNode {
  const session = useSession();
  if (session.status === "starting") return null;
  if (session.status === "out") {
    return (
      <Switch>
        <Route path="/register" component={RegisterPage} />
        <Route path="/confirm" component={ConfirmPage} />
        {/* Whatever was asked for is shown after the login, at its own address. */}
        <Route component={LoginPage} />
      </Switch>
    );
  }
  return (
    <Switch>
      <Route path="/" component={DocumentsPage} />
      <Route path="/documents/:id">{({ id }) => <DocumentPage key={id} id={id} />}</Route>
      {/* To all others these are addresses like any that do not exist; the API says the same (403). */}
      {session.user.reviewer && <Route path="/reviews" component={ReviewsPage} />}
      {session.user.reviewer && <Route path="/reviews/:id">{({ id }) => <ReviewPage key={id} id={id} />}</Route>}
      <Route path={/^\/(login|register|confirm)\/?$/}>
        <Redirect to="/" replace />
      </Route>
      <Route component={NotFoundPage} />
    </Switch>
  );
}
