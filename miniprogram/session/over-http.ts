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
