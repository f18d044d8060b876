declare module 'wx-server-sdk' {
  const cloud: WxServerSdk;
  export = cloud;
}
