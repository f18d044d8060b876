import type { Theme, WindowConfig } from './config';
import type { PageWindow, ThemedValue } from '../program';

/**
 * The settings of a page's window: its own, else those of app.json, else WeChat's defaults.
 *
 * @see https://developers.weixin.qq.com/miniprogram/dev/reference/configuration/page.html
 */
export function pageWindow(app: WindowConfig, page: WindowConfig, theme: Theme): PageWindow {
  const themed = (value: string): ThemedValue => ({
    light: themeValue(value, theme.light),
    dark: themeValue(value, theme.dark),
  });
  const own = { ...app, ...page };
  return {
    navigationBarTitleText: own.navigationBarTitleText ?? '',
    navigationBarBackgroundColor: themed(own.navigationBarBackgroundColor ?? '#000000'),
    navigationBarTextStyle: themed(own.navigationBarTextStyle ?? 'white'),
    backgroundTextStyle: themed(own.backgroundTextStyle ?? 'dark'),
    enablePullDownRefresh: own.enablePullDownRefresh ?? false,
    onReachBottomDistance: own.onReachBottomDistance ?? 50,
  };
}

/** `@name` stands for the theme's value of that name. */
function themeValue(value: string, values: Record<string, string>): string {
  return value.startsWith('@') ? (values[value.slice(1)] ?? value) : value;
}
