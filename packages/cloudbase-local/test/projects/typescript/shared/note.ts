export interface Note {
  title: string;
  text: string;
}

export const title = (text: string): string => text.slice(0, 5);
