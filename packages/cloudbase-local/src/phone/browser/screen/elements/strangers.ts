/** What WeChat says of users who do not say who they are. */
export const stranger = {
  nickName: '微信用户',
  gender: 0,
  language: 'zh_CN',
  city: '',
  province: '',
  country: '',
  avatarUrl:
    'data:image/svg+xml,' +
    encodeURIComponent(
      '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 132 132"><path fill="#ccc" d="M0 0h132v132H0z"/><circle cx="66" cy="52" r="24" fill="#fff"/><path fill="#fff" d="M22 124a44 44 0 0 1 88 0z"/></svg>',
    ),
} as const;

/** What a button of an `open-type` tells, where the phone has an answer. */
export const strangers: Readonly<Record<string, { event: string; detail: () => object }>> = {
  getUserInfo: {
    event: 'getuserinfo',
    detail: () => ({
      userInfo: stranger,
      rawData: JSON.stringify(stranger),
      errMsg: 'getUserInfo:ok',
    }),
  },
  chooseAvatar: {
    event: 'chooseavatar',
    detail: () => ({ avatarUrl: stranger.avatarUrl, errMsg: 'chooseAvatar:ok' }),
  },
  getPhoneNumber: {
    event: 'getphonenumber',
    detail: () => ({ errMsg: 'getPhoneNumber:fail is not supported by the preview' }),
  },
  openSetting: {
    event: 'opensetting',
    detail: () => ({ authSetting: {}, errMsg: 'openSetting:ok' }),
  },
};
