/** What this needs of `wx`: the APIs with which a mini program speaks HTTP. */
export interface Wx {
  request(options: {
    url: string;
    method: 'POST';
    header: Record<string, string>;
    data: string;
    success: (answer: { data: unknown; statusCode: number }) => void;
    fail: (error: { errMsg: string }) => void;
  }): unknown;
  uploadFile(options: {
    url: string;
    filePath: string;
    name: string;
    formData: Record<string, string>;
    success: (answer: { data: string; statusCode: number }) => void;
    fail: (error: { errMsg: string }) => void;
  }): unknown;
  downloadFile(options: {
    url: string;
    success: (answer: { tempFilePath: string; statusCode: number }) => void;
    fail: (error: { errMsg: string }) => void;
  }): unknown;
}
