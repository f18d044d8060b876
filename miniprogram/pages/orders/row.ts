import type { Order } from '../../../contract/index';

/** An order as the list shows it. */
export interface OrderRow {
  id: string;
  title: string;
  time: string;
}

/** By hand: `padStart` is missing where WeChat is old. */
const twoDigits = (part: number): string => `0${part}`.slice(-2);

/**
 * Writes a moment the Chinese way, in the phone's own time zone: `2026年10月13日 08:30`.
 * By hand, since `Intl` is missing or incomplete on some phones that WeChat runs on.
 *
 * @param seconds - Unix seconds
 */
export function formatTime(seconds: number): string {
  const at = new Date(seconds * 1000);
  const day = `${at.getFullYear()}年${at.getMonth() + 1}月${at.getDate()}日`;
  return `${day} ${twoDigits(at.getHours())}:${twoDigits(at.getMinutes())}`;
}

export function toRow({ id, title, time }: Order): OrderRow {
  return { id, title, time: formatTime(time) };
}
