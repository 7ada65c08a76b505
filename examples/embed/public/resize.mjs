// #region resize
addEventListener('message', ({ source, data }) => {
  for (const frame of document.querySelectorAll('iframe.thread'))
    if (frame.contentWindow === source && data?.type === 'standfirst-height') frame.height = data.height;
});
// #endregion resize
