-- Who erases a document also has what was kept by its content forgotten.

grant select (content) on documents to documents_eraser;
