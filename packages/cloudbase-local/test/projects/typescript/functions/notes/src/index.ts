import cloudbase from '@cloudbase/node-sdk';
import { title, type Note } from '../../../shared/note';

const app = cloudbase.init({ env: cloudbase.SYMBOL_CURRENT_ENV });
const notes = app.database().collection('notes');

interface Event {
  add?: string;
  fail?: boolean;
}

export const main = async ({ add, fail }: Event): Promise<Note[]> => {
  if (fail === true) throw new Error('asked to fail');
  if (add !== undefined) await notes.add({ text: add, at: new Date() });
  const { data } = await notes.orderBy('at', 'asc').get();
  return data.map(({ text }: { text: string }) => ({ title: title(text), text }));
};
