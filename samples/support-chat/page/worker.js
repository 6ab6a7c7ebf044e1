// Shows what was pushed while no page is looked at.
self.addEventListener('push', event => {
  const { name, chatRoomId } = event.data.json();
  event.waitUntil(self.registration.showNotification(`${name} waits for an answer`, { tag: chatRoomId }));
});
self.addEventListener('notificationclick', event => {
  event.notification.close();
  event.waitUntil(self.clients.matchAll({ type: 'window' }).then(pages => pages[0]?.focus() ?? self.clients.openWindow('./')));
});
