// A stand-in for the video tutorial's front end, written anew from what is known of its wire and its habits, good and bad:
// whoever is there offers to whoever comes, over one peer connection, by messages to the whole room; candidates leave 100 ms
// after they were found; every frame is parsed, and one of an unknown type does nothing.
const roomId = new URLSearchParams(location.search).get('roomId');
if (!roomId) location.href = 'lobby.html';

const servers = { iceServers: [{ urls: ['stun:stun1.l.google.com:19302', 'stun:stun2.l.google.com:19302'] }] };
const [localVideo, remoteVideo] = ['local', 'remote'].map(id => document.getElementById(id));

/** Everything heard, for whoever looks into the page. */
const heard = [];
let socket;
let localStream;
let peerConnection;

async function start() {
  localStream = await navigator.mediaDevices.getUserMedia({ video: true, audio: false });
  localVideo.srcObject = localStream;
  socket = new WebSocket(websocketUri);
  socket.addEventListener('open', () => socket.send(JSON.stringify({ action: 'joinRoom', roomId })));
  socket.addEventListener('message', event => receive(JSON.parse(event.data)));
}

async function receive(message) {
  heard.push(message);
  switch (message.type) {
    case 'newParticipant':
      return createOffer();
    case 'offer':
      return createAnswer(message.offer);
    case 'answer':
      return addAnswer(message.answer);
    case 'candidate':
      return peerConnection?.addIceCandidate(message.candidate);
  }
}

function tellRoom(message) {
  socket.send(JSON.stringify({ action: 'sendMsgToRoom', message: JSON.stringify(message), roomId }));
}

function createPeerConnection() {
  peerConnection = new RTCPeerConnection(servers);
  const remoteStream = new MediaStream();
  remoteVideo.srcObject = remoteStream;
  for (const track of localStream.getTracks()) peerConnection.addTrack(track, localStream);
  peerConnection.addEventListener('track', event => remoteStream.addTrack(event.track));
  peerConnection.addEventListener('icecandidate', ({ candidate }) => {
    if (candidate) setTimeout(() => tellRoom({ type: 'candidate', candidate }), 100);
  });
}

async function createOffer() {
  createPeerConnection();
  await peerConnection.setLocalDescription(await peerConnection.createOffer());
  tellRoom({ type: 'offer', offer: peerConnection.localDescription });
}

async function createAnswer(offer) {
  createPeerConnection();
  await peerConnection.setRemoteDescription(offer);
  await peerConnection.setLocalDescription(await peerConnection.createAnswer());
  tellRoom({ type: 'answer', answer: peerConnection.localDescription });
}

async function addAnswer(answer) {
  if (!peerConnection.currentRemoteDescription) await peerConnection.setRemoteDescription(answer);
}

start();
