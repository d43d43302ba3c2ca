/** What tokens say of who is logged in. For display only: what one may do is decided by the API. */
export interface User {
  id: string;
  email: string;
  reviewer: boolean;
}

export function userOf(accessToken: string, idToken: string): User {
  const access = claims(accessToken);
  const id = claims(idToken);
  const groups = access["cognito:groups"];
  return {
    id: text(access.sub),
    email: text(id.email),
    reviewer: Array.isArray(groups) && groups.includes("reviewers"),
  };
}

function claims(token: string): Record<string, unknown> {
  const payload = token.split(".")[1] ?? "";
  try {
    const bytes = Uint8Array.from(atob(payload.replace(/-/g, "+").replace(/_/g, "/")), (each) => each.charCodeAt(0));
    return JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
  } catch {
    return {};
  }
}

function text(claim: unknown): string {
  return typeof claim === "string" ? claim : "";
}
