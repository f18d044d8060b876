import type { Transport } from './parts';
import { isText } from './send';

/** How a back end of another kind is spoken to. */
export interface HttpOptions {
  /** The headers that carry the token, which is then not in the body. */
  readonly tokenHeader?: (token: string) => Readonly<Record<string, string>>;
  /** What was answered, in the words of the contract. Default: the body as it is. */
  readonly read?: (response: HttpResponse, name: string) => unknown;
}

export interface HttpResponse {
  readonly statusCode: number;
  /** The body; parsed, where it is JSON. */
  readonly data: unknown;
}

/**
 * The same functions through HTTP access, or whatever else answers `POST <base>/<function>`.
 *
 * @param base - such as `https://api.example.com/api`, without a slash at its end
 */
export const overHttp =
  (base: string, { tokenHeader, read = ({ data }) => data }: HttpOptions = {}): Transport =>
  (name, data) =>
    new Promise<HttpResponse>((success, fail) => {
      // Nothing else says who calls: a 401 would end the token that is held, where only `wx.login` failed.
      if ('code' in data && !data.code) throw new Error('wx.login gave no code');
      const { token } = data;
      const inHeader = tokenHeader && isText(token);
      wx.request({
        url: `${base}/${name}`,
        method: 'POST',
        header: inHeader ? tokenHeader(token) : {},
        data: inHeader ? Object.assign({}, data, { token: undefined }) : data,
        success,
        fail,
      });
    }).then((response) => read(response, name));
