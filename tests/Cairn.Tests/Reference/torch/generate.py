import torch,os,collections,zipfile,sys
torch.manual_seed(3); O=sys.argv[1]; os.makedirs(O,exist_ok=True)
import torch.nn as nn, numpy as np, json
class Net(nn.Module):
    def __init__(s):
        super().__init__(); s.conv1=nn.Conv2d(2,3,3,padding=1); s.bn1=nn.BatchNorm2d(3); s.dw=nn.Conv2d(3,6,3,groups=3,padding=1); s.up=nn.ConvTranspose2d(6,4,2,stride=2); s.fc1=nn.Linear(4*8*6,5); s.ln=nn.LayerNorm(5); s.fc2=nn.Linear(5,2,bias=False)
    def forward(s,x):
        x=torch.relu(s.bn1(s.conv1(x))); x=s.up(s.dw(x)); x=s.ln(torch.tanh(s.fc1(x.flatten(1)))); return s.fc2(x)
n=Net()
with torch.no_grad(): n.bn1.running_mean.normal_(); n.bn1.running_var.uniform_(0.5,2); n.bn1.weight.normal_(); n.bn1.bias.normal_(); n.ln.weight.normal_(); n.ln.bias.normal_()
n.eval(); x=torch.randn(3,2,4,3); y=n(x)
torch.save(n.state_dict(),f'{O}/cnn.pth'); np.save(f'{O}/cnn.x.npy',x.permute(0,2,3,1).contiguous().numpy()); np.save(f'{O}/cnn.y.npy',y.detach().numpy())
torch.save(n.state_dict(),f'{O}/cnn_old.pth',_use_new_zipfile_serialization=False)
torch.save({'epoch':3,'model_state_dict':n.state_dict(),'optimizer':torch.optim.Adam(n.parameters()).state_dict(),'loss':0.5,'classes':['a','b']},f'{O}/checkpoint.pt')
torch.save({'module.'+k:v for k,v in n.state_dict().items()},f'{O}/parallel.pth')
torch.save(n,f'{O}/whole_module.pth')
class R(nn.Module):
    def __init__(s):
        super().__init__(); s.emb=nn.Embedding(7,4); s.lstm=nn.LSTM(4,3,batch_first=True,num_layers=2); s.gru=nn.GRU(3,4,batch_first=True,bidirectional=True); s.rnn=nn.RNN(8,3,batch_first=True); s.fc=nn.Linear(3,2)
    def forward(s,x):
        x,_=s.lstm(s.emb(x)); x,_=s.gru(x); x,_=s.rnn(x); return s.fc(x[:,-1])
r=R().eval(); x=torch.randint(0,7,(4,5)); torch.save(r.state_dict(),f'{O}/rnn.pth'); np.save(f'{O}/rnn.x.npy',x.numpy()); np.save(f'{O}/rnn.y.npy',r(x).detach().numpy())
a=torch.arange(12.).reshape(3,4); d=collections.OrderedDict(t=a.t(),part=a[1:,1:3],half=a.half(),bf=a.bfloat16(),double=a.double(),whole=torch.arange(5),small=torch.arange(5,dtype=torch.int8),flags=torch.tensor([True,False]),scalar=torch.tensor(2.5),empty=torch.zeros(0,3),repeated=torch.tensor([1.,2.]).expand(3,2),param=nn.Parameter(torch.ones(2)))
torch.save(d,f'{O}/kinds.pt'); torch.save(d,f'{O}/kinds_old.pt',_use_new_zipfile_serialization=False)
json.dump({k:{'shape':list(v.shape),'data':v.detach().double().flatten().tolist()} for k,v in d.items()},open(f'{O}/kinds.json','w'))
class Evil:
    def __reduce__(s): return (os.system,('touch evil',))
torch.save({'weight':a,'x':Evil()},f'{O}/evil.pth'); torch.save({'x':Evil()},f'{O}/evil_old.pth',_use_new_zipfile_serialization=False)
print(torch.__version__,[ (f,os.path.getsize(f'{O}/{f}')) for f in sorted(os.listdir(O))])
