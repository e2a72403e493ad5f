import { useMutation, type UseMutationOptions } from "@tanstack/react-query";
import { useRef, type FormEvent } from "react";

/** `useMutation` whose `mutate` does nothing while it runs: a double click has one effect. */
export function useAction<Data, Variables = void>(options: UseMutationOptions<Data, Error, Variables>) {
  const mutation = useMutation(options);
  const isRunning = useRef(false);
  const mutate = (variables: Variables): void => {
    if (isRunning.current) return;
    isRunning.current = true;
    mutation.mutate(variables, {
      onSettled: () => {
        isRunning.current = false;
      },
    });
  };
  return { ...mutation, mutate };
}

/** A handler for the submission of a form, which prevents the browser from loading a page. */
export function submitting(send: () => void): (event: FormEvent) => void {
  return (event) => {
    event.preventDefault();
    send();
  };
}
