/** Server-sent events out of pieces of text, as the HTML standard defines their format. */

export interface ServerEvent {
  name: string;
  data: string;
}

export class EventParser {
  private rest = "";
  private name = "";
  private data: string[] = [];

  /** Takes the next piece; returns the events that are complete now. */
  push(piece: string): ServerEvent[] {
    const lines = (this.rest + piece).split(/\r\n|\n|\r(?!$)/);
    this.rest = lines.pop() ?? "";
    const events: ServerEvent[] = [];
    for (const line of lines) {
      if (line !== "") {
        this.readLine(line);
        continue;
      }
      if (this.data.length > 0) {
        events.push({ name: this.name || "message", data: this.data.join("\n") });
      }
      this.name = "";
      this.data = [];
    }
    return events;
  }

  private readLine(line: string): void {
    const [, field, value = ""] = /^([^:]*)(?:: ?([\s\S]*))?$/.exec(line) ?? [];
    if (field === "data") this.data.push(value);
    else if (field === "event") this.name = value;
  }
}
