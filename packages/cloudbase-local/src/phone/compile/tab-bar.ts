import type { TabBar } from '../program';
import type { TabBarConfig, Theme } from './config';
import { themedBy } from './window';

/**
 * The tab bar of app.json; undefined where there is none.
 *
 * @see https://developers.weixin.qq.com/miniprogram/dev/reference/configuration/app.html#tabBar
 */
export function tabBarOf(config: TabBarConfig | undefined, theme: Theme): TabBar | undefined {
  if (config === undefined) return undefined;
  const themed = themedBy(theme);
  return {
    color: themed(config.color ?? '#999999'),
    selectedColor: themed(config.selectedColor ?? '#07c160'),
    backgroundColor: themed(config.backgroundColor ?? '#ffffff'),
    borderStyle: themed(config.borderStyle ?? 'black'),
    custom: config.custom,
    items: config.list.map(({ pagePath, text, iconPath = '', selectedIconPath }) => ({
      page: pagePath.replace(/^\//, ''),
      text,
      icon: themed(iconPath),
      selectedIcon: themed(selectedIconPath ?? iconPath),
    })),
  };
}
