import type { Theme, WindowConfig } from './config';
import type { PageWindow, ThemedValue } from '../program';

/**
 * The settings of a page's window: its own, else those of app.json, else WeChat's defaults.
 *
 * @see https://developers.weixin.qq.com/miniprogram/dev/reference/configuration/page.html
 */
export function pageWindow(app: WindowConfig, page: WindowConfig, theme: Theme): PageWindow {
  const themed = themedBy(theme);
  const own = { ...app, ...page };
  return {
    navigationBarTitleText: own.navigationBarTitleText ?? '',
    navigationBarBackgroundColor: themed(own.navigationBarBackgroundColor ?? '#000000'),
    navigationBarTextStyle: themed(own.navigationBarTextStyle ?? 'white'),
    navigationStyle: own.navigationStyle ?? 'default',
    backgroundTextStyle: themed(own.backgroundTextStyle ?? 'dark'),
    enablePullDownRefresh: own.enablePullDownRefresh ?? false,
    onReachBottomDistance: own.onReachBottomDistance ?? 50,
  };
}

/** Gives what a value of the configuration is in each colour scheme: `@name` stands for the theme's of that name. */
export function themedBy({ light, dark }: Theme): (value: string) => ThemedValue {
  return (value) => ({ light: themeValue(value, light), dark: themeValue(value, dark) });
}

function themeValue(value: string, values: Record<string, string>): string {
  return value.startsWith('@') ? (values[value.slice(1)] ?? value) : value;
}
