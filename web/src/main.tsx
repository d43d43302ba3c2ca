// First, as it says.
import { started } from "./session/started";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app";
import { register } from "./pwa/updates";
import { listen } from "./push/live";
import { language } from "./strings";
import "./styles/tokens.css";
import "./styles/base.css";
import { applyTheme, chosenTheme } from "./ui/theme";

document.documentElement.lang = language;
applyTheme(chosenTheme());
listen();
if (import.meta.env.PROD && "serviceWorker" in navigator) register();

// Who is logged in decides what is drawn: before that is known, all would be drawn twice.
void started.then(() => {
  const root = document.getElementById("root");
  if (!root) return;
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
});
