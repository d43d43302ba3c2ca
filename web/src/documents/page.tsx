/** The first page: send files, and see what became of those that were sent. */
import type { ReactNode } from "react";
import { t } from "../strings";
import { Page } from "../ui/page";
import { UploadPanel } from "../upload/panel";
import { DocumentList } from "./list";

export function DocumentsPage(): ReactNode {
  return (
    <Page title={t("documents.title")}>
      <UploadPanel />
      <DocumentList />
    </Page>
  );
}
