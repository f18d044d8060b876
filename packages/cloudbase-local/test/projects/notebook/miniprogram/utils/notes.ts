export interface Note {
  id: string;
  title: string;
  text: string;
  kind: string;
  pinned: boolean;
}

const KEY = 'notes';

export function readNotes(): Note[] {
  const kept = wx.getStorageSync<Note[] | ''>(KEY);
  return kept === '' ? [] : kept;
}

export function findNote(id: string): Note | undefined {
  return readNotes().find((note) => note.id === id);
}

export function keepNote(note: Omit<Note, 'id'>): Note {
  const notes = readNotes();
  const kept = { ...note, id: `n${notes.length + 1}` };
  wx.setStorageSync(KEY, [kept, ...notes]);
  return kept;
}
