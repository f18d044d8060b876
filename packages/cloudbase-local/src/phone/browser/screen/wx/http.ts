import type { Wx } from '../../../../connect/cloud';

/** The APIs with which `wx.cloud` speaks HTTP, in a browser. A file on the phone is a `blob:` URL. */
export const http: Wx = {
  request({ url, method, header, data, success, fail }) {
    settle(fail, async () => {
      const answer = await fetch(url, { method, headers: header, body: data });
      const json: unknown = await answer.json();
      success({ statusCode: answer.status, data: json });
    });
  },

  uploadFile({ url, filePath, name, formData, success, fail }) {
    settle(fail, async () => {
      const file = await (await fetch(filePath)).blob();
      const form = new FormData();
      for (const [field, value] of Object.entries(formData)) form.append(field, value);
      form.append(name, file);
      const answer = await fetch(url, { method: 'POST', body: form });
      success({ statusCode: answer.status, data: await answer.text() });
    });
  },

  downloadFile({ url, success, fail }) {
    settle(fail, async () => {
      const answer = await fetch(url);
      const tempFilePath = URL.createObjectURL(await answer.blob());
      success({ statusCode: answer.status, tempFilePath });
    });
  },
};

function settle(fail: (error: { errMsg: string }) => void, work: () => Promise<void>): void {
  work().catch((error: unknown) => {
    fail({ errMsg: error instanceof Error ? error.message : String(error) });
  });
}
