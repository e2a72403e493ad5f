import type { Document } from "@lyceum/client";
import { Confirm } from "../dialogs.tsx";
import { useText } from "../language.tsx";

export default function DeleteDialog(props: { document: Document; isBusy: boolean; onConfirm: () => void; onClose: () => void }) {
  const text = useText();
  const { document, ...rest } = props;
  return (
    <Confirm title={text("documents.delete.sure", { name: document.filename })} action={text("delete")} {...rest}>
      {text("documents.delete.help")}
    </Confirm>
  );
}
