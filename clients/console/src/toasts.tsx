import { createContext, useCallback, useContext, useState, type ReactNode } from "react";
import { X } from "lucide-react";
import { useText } from "./language.tsx";

const SHOWN_MS = 6000;
const ToastContext = createContext<(message: string) => void>(() => undefined);

/** Shows for a few seconds that something is done. Screen readers say it. */
export const useToast = (): ((message: string) => void) => useContext(ToastContext);

export function ToastProvider({ children }: { children: ReactNode }) {
  const text = useText();
  const [toasts, setToasts] = useState<{ key: string; message: string }[]>([]);
  const hide = useCallback((key: string) => setToasts((all) => all.filter((one) => one.key !== key)), []);
  const show = useCallback(
    (message: string) => {
      const key = crypto.randomUUID();
      setToasts((all) => [...all.slice(-2), { key, message }]);
      setTimeout(() => hide(key), SHOWN_MS);
    },
    [hide],
  );
  return (
    <ToastContext.Provider value={show}>
      {children}
      <div role="status" className="toasts">
        {toasts.map(({ key, message }) => (
          <div key={key} className="toast">
            <span>{message}</span>
            <button type="button" className="square" aria-label={text("close")} onClick={() => hide(key)}>
              <X size={16} aria-hidden="true" />
            </button>
          </div>
        ))}
      </div>
    </ToastContext.Provider>
  );
}
