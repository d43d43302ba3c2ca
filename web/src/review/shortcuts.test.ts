// @vitest-environment happy-dom
import { render } from "@testing-library/react";
import { createElement, useLayoutEffect } from "react";
import { expect, test } from "vitest";
import { useShortcuts } from "./shortcuts";

test("a key pressed as soon as the page has changed does what the changed page says", () => {
  const done: string[] = [];
  function Desk({ mine }: { mine: boolean }) {
    useShortcuts({ "mod+Enter": () => done.push(mine ? "approved" : "nothing") });
    return null;
  }
  /** The page stands, and effects that wait for it to be drawn have not run. */
  function Person({ mine }: { mine: boolean }) {
    useLayoutEffect(() => {
      if (mine) document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", ctrlKey: true, bubbles: true }));
    }, [mine]);
    return createElement(Desk, { mine });
  }
  const page = render(createElement(Person, { mine: false }));
  page.rerender(createElement(Person, { mine: true }));
  expect(done).toEqual(["approved"]);
});
