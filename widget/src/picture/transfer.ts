/** Finds the picture in what is dropped or pasted. */

/** Whether something is dragged that may be a picture. */
export function hasFiles(transfer: DataTransfer | null): boolean {
  return Array.from(transfer?.types ?? []).includes("Files");
}

/** Returns the file that is dropped: the first picture, else what is there, to say why not. */
export function droppedFile(transfer: DataTransfer | null): File | null {
  const files = Array.from(transfer?.files ?? []);
  return files.find(isPicture) ?? files[0] ?? null;
}

/**
 * Returns the picture that is pasted, if there is no text: a text out of Word or a table comes with
 * a picture of itself.
 */
export function pastedPicture(transfer: DataTransfer | null): File | null {
  if (!transfer || Array.from(transfer.types).includes("text/plain")) return null;
  return Array.from(transfer.files).find(isPicture) ?? null;
}

function isPicture(file: File): boolean {
  return file.type.startsWith("image/");
}
