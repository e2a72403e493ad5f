// The smallest page with the console's libraries. The console's first page is compared with it.
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createRoot } from "react-dom/client";
import { BrowserRouter, Route, Routes } from "react-router";

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <QueryClientProvider client={new QueryClient()}>
      <BrowserRouter>
        <Routes>
          <Route path="*" element={<button type="button">Hello</button>} />
        </Routes>
      </BrowserRouter>
    </QueryClientProvider>,
  );
}
