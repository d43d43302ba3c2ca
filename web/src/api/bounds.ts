/** Made by `npm run types`, as openapi.d.ts is: what the API takes at the most. */
export const bounds = {
  TIME: "^(([01][0-9]|2[0-3]):[0-5][0-9])$",
  BLOCKS: 300,
  TABLE_TITLE: 200,
  TITLE: 200,
  NOTES: 500,
  REASON: 500
} as const;
