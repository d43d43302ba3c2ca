import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app";
import { register } from "./pwa/updates";
import { listen } from "./push/live";
import { session } from "./session/session";
import { language } from "./strings";
import "./styles/tokens.css";
import "./styles/base.css";
import { applyTheme, chosenTheme } from "./ui/theme";

document.documentElement.lang = language;
applyTheme(chosenTheme());
void session.start();
listen();
if (import.meta.env.PROD && "serviceWorker" in navigator) register();

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
