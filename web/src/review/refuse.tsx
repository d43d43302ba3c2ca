import { type ReactNode, useState } from "react";
import { bounds } from "../api/bounds";
import { t } from "../strings";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { Field } from "../ui/field";
import { reasonFaults } from "./faults";
import css from "./review.module.css";

interface Props {
  close: () => void;
  refuse: (reason: string) => void;
  busy: boolean;
}

export function Refuse({ close, refuse, busy }: Props): ReactNode {
  const [reason, setReason] = useState("");
  const [asked, setAsked] = useState(false);
  const [fault] = asked ? reasonFaults(reason) : [];
  return (
    <Dialog title={t("review.refuse.title")} close={close}>
      <form
        className={css.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          setAsked(true);
          if (!busy && reasonFaults(reason).length === 0) refuse(reason.trim());
        }}
      >
        <Field
          label={t("review.refuse.reason")}
          hint={t("review.refuse.hint")}
          fault={fault?.message}
          value={reason}
          maxLength={bounds.REASON}
          onChange={(event) => setReason(event.target.value)}
        />
        <div className={css.actions}>
          <Button type="submit" look="danger" busy={busy}>
            {t("review.refuse")}
          </Button>
          <Button onClick={close}>{t("app.cancel")}</Button>
        </div>
      </form>
    </Dialog>
  );
}
