import type { Transport } from './parts';

/**
 * The same functions through HTTP access, or whatever else answers `POST <base>/<function>` by the contract.
 *
 * @param base - such as `https://api.example.com/api`, without a slash at its end
 */
export const overHttp =
  (base: string): Transport =>
  (name, data) =>
    new Promise((resolve, reject) => {
      // Nothing else says who calls: a 401 would end the token that is held, where only `wx.login` failed.
      if ('code' in data && !data.code) throw new Error('wx.login gave no code');
      wx.request({
        url: `${base}/${name}`,
        method: 'POST',
        data,
        success: (response) => {
          resolve(response.data);
        },
        fail: reject,
      });
    });
